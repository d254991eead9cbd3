import type { Leg as LegName } from "../../core/checkpoint.ts";
import { StackError } from "./stack-error.ts";
import { tableCredentials } from "./table.ts";

export interface LegEnvironmentInputs {
  publicUrls: Record<LegName, string>;
  sealKeys: string;
  accountSid: string;
  authToken: string;
  table: { region: string; name: string };
  /** Where each leg finds the table. */
  tableUrls: Record<LegName, string>;
  effectsUrl: string;
  /** More variables for both. */
  extra: Record<string, string>;
}

/**
 * The variables that each cloud would give its leg, and no others.
 * @throws StackError when Twilio would refuse the fallback's: 450 bytes a value, 3 kB altogether [D Functions variables, error 82006]
 */
export function legEnvironments(inputs: LegEnvironmentInputs): Record<LegName, Record<string, string>> {
  const { publicUrls, sealKeys, accountSid, authToken, table, tableUrls, effectsUrl, extra } = inputs;
  const common = {
    PRIMARY_BASE_URL: publicUrls.primary,
    FALLBACK_BASE_URL: publicUrls.fallback,
    SEAL_KEYS: sealKeys,
    TABLE_NAME: table.name,
    TABLE_REGION: table.region,
    FLOW_BOOKINGS_URL: effectsUrl,
    ...extra,
  };
  const primary = {
    TABLE_ENDPOINT: tableUrls.primary,
    TWILIO_AUTH_TOKEN: authToken,
    AWS_REGION: table.region,
    AWS_ACCESS_KEY_ID: tableCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
    ...common,
  };
  const fallback: Record<string, string> = {
    TABLE_ENDPOINT: tableUrls.fallback,
    ACCOUNT_SID: accountSid,
    AUTH_TOKEN: authToken,
    TABLE_ACCESS_KEY_ID: tableCredentials.accessKeyId,
    TABLE_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
    ...common,
  };
  const bytes = Object.entries(fallback).map(([name, value]) => ({ name, value: Buffer.byteLength(value) }));
  const long = bytes.find(({ value }) => value > 450);
  if (long !== undefined)
    throw new StackError(`${long.name} has ${long.value} bytes: Twilio allows 450 for a variable.`);
  const total = bytes.reduce((sum, { name, value }) => sum + name.length + value, 0);
  if (total > 3_000)
    throw new StackError(`The fallback's variables have ${total} bytes: Twilio allows 3,000 altogether.`);
  return { primary, fallback };
}
