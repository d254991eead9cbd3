import { GetParametersCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { readSorry, type SorrySwitch } from "../../core/sorry-switch.ts";
import type { RestClient } from "../twilio/rest.ts";
import type { Stored } from "./switch.ts";

/** What the command does with the switch of one leg. Both functions reject when it cannot be reached. */
export interface LegSwitch {
  /** @returns undefined: nothing is set, or nothing that the leg can read; it is off */
  read(): Promise<SorrySwitch | undefined>;
  /** @param stored undefined: off, and what is said stays as it is, for the preview */
  write(stored: Stored | undefined): Promise<void>;
}

export class LegError extends Error {}

/** An operator waits for two attempts of this, not for ever. */
const attemptMs = 5_000;

/** The primary's switch: a parameter in SSM's parameter store. */
export function primarySwitch(name: string, region: string): LegSwitch {
  const client = new SSMClient({
    region,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: attemptMs, requestTimeout: attemptMs, throwOnRequestTimeout: true },
  });
  const readText = async () => {
    const { Parameters = [] } = await client.send(new GetParametersCommand({ Names: [name] }));
    return Parameters[0]?.Value;
  };
  const read = async () => readSorry((await readText()) ?? "off");
  return {
    read,
    async write(stored) {
      const Value = stored?.parameter ?? (await offOf(read));
      await client.send(new PutParameterCommand({ Name: name, Value, Type: "String", Overwrite: true }));
    },
  };
}

/** Off with the same words; where they cannot be read, off all the same. */
async function offOf(read: LegSwitch["read"]): Promise<string> {
  const { say = {}, audio = {} } = (await read().catch(() => undefined)) ?? {};
  return `off ${JSON.stringify({ say, audio })}`;
}

/** The fallback's switch: variables of its service at Twilio. @param host of the fallback's public base URL */
export function fallbackSwitch(client: RestClient, host: string): LegSwitch {
  const { services } = client.serverless.v1;
  const variablesOf = async () => {
    for (const { sid } of await services.list({ limit: 200 })) {
      const environments = await services(sid).environments.list({ limit: 50 });
      const found = environments.find(({ domainName }) => domainName === host);
      if (found !== undefined) return services(sid).environments(found.sid).variables;
    }
    throw new LegError(`no service of the account is at ${host}: see FALLBACK_BASE_URL and TWILIO_ACCOUNT_SID`);
  };
  return {
    async read() {
      const all = await (await variablesOf()).list({ limit: 200 });
      const value = (name: string) => all.find(({ key }) => key === name)?.value;
      const [en, ja] = [value("SORRY_EN"), value("SORRY_JA")];
      return readSorry(value("SORRY") ?? "off", { ...(en && { en }), ...(ja && { ja }) });
    },
    async write(stored) {
      const variables = await variablesOf();
      const all = await variables.list({ limit: 200 });
      for (const [key, value] of Object.entries(stored?.variables ?? { SORRY: "off" })) {
        const known = all.find((one) => one.key === key);
        if (known === undefined) await variables.create({ key, value });
        else if (known.value !== value) await variables(known.sid).update({ key, value });
      }
    },
  };
}
