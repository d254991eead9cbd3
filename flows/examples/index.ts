import type { Flow } from "../../core/index.ts";
import { conferencePin } from "./conference-pin.ts";
import { huntGroup } from "./hunt-group.ts";
import { orderPayment } from "./order-payment.ts";
import { phoneTree } from "./phone-tree.ts";
import { queueCallBack } from "./queue-call-back.ts";
import { surveyCall } from "./survey-call.ts";
import { textAddress } from "./text-address.ts";

/** The example flows: rehearsed like the shipped ones, but not built into the legs. */
export const flows: readonly Flow[] = [
  phoneTree,
  surveyCall,
  huntGroup,
  conferencePin,
  orderPayment,
  queueCallBack,
  textAddress,
];
