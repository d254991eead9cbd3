import type { Operation } from "./operations.ts";

const endpoint = /^\+\d{7,15}$/;

/** Messages, and the account itself, from the same description. */
export const messageOperations: readonly Operation[] = [
  {
    id: "CreateMessage",
    method: "POST",
    path: "/2010-04-01/Accounts/{AccountSid}/Messages.json",
    required: ["To"],
    parameters: { To: endpoint, From: endpoint, Body: /^[\s\S]{1,1600}$/ },
  },
  {
    id: "FetchAccount",
    method: "GET",
    path: "/2010-04-01/Accounts/{AccountSid}.json",
    required: [],
    parameters: {},
  },
];
