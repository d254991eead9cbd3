import type { Operation } from "./operations.ts";

const date = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?$/;

/** Twilio's Monitor API, restated from its OpenAPI description (spec/json/twilio_monitor_v1.json, commit d50069b). */
export const monitorOperations: readonly Operation[] = [
  {
    id: "ListAlert",
    method: "GET",
    path: "/v1/Alerts",
    required: [],
    parameters: {
      LogLevel: /^(?:error|warning|notice|debug)$/,
      StartDate: date,
      EndDate: date,
      PageSize: /^(?:[1-9]\d{0,2}|1000)$/,
      Page: /^\d+$/,
      PageToken: /^.+$/,
    },
  },
  { id: "FetchAlert", method: "GET", path: "/v1/Alerts/{Sid}", required: [], parameters: {} },
];
