import type { Operation } from "./operations.ts";

/**
 * The operations of Twilio's Serverless API that `twilio-run deploy` uses, restated from Twilio's published OpenAPI description
 * (twilio/twilio-oai, spec/json/twilio_serverless_v1.json, commit 00c8d36) and compared with the types of twilio-node, which are
 * made from it; the runtimes are those that are taken today [D error 82007, changelog July 2026]. The two uploads are not in it: they
 * are as the pages "Function Version resource" and "Asset Version resource" have them, at a host of their own.
 */
export interface ServerlessOperation extends Operation {
  readonly host: "serverless.twilio.com" | "serverless-upload.twilio.com";
}

const any = /^[\s\S]+$/;
const name = /^.{1,255}$/;
const page = { PageSize: /^\d{1,4}$/, Page: /^\d+$/, PageToken: /^.+$/ };
const flag = /^(?:true|false)$/;
const sid = (prefix: string) => new RegExp(`^${prefix}[0-9a-f]{32}$`);
const service = "/v1/Services/{Sid}";

function get(id: string, path: string): ServerlessOperation {
  return { id, method: "GET", host: "serverless.twilio.com", path, required: [], parameters: page };
}

function post(
  id: string,
  path: string,
  required: readonly string[],
  parameters: Operation["parameters"],
): ServerlessOperation {
  return { id, method: "POST", host: "serverless.twilio.com", path, required, parameters };
}

function upload(id: string, path: string): ServerlessOperation {
  const visibility = /^(?:public|protected|private)$/;
  const parameters = { Path: /^\/[^;,?:@+&$()' "#]{0,254}$/, Visibility: visibility, Content: any };
  const required = ["Path", "Visibility", "Content"];
  return { id, method: "POST", host: "serverless-upload.twilio.com", path, required, parameters };
}

export const serverlessOperations: readonly ServerlessOperation[] = [
  get("ListService", "/v1/Services"),
  post("CreateService", "/v1/Services", ["UniqueName", "FriendlyName"], {
    UniqueName: /^[\w-]{1,50}$/,
    FriendlyName: name,
    IncludeCredentials: flag,
    UiEditable: flag,
  }),
  get("FetchService", service),
  get("ListEnvironment", `${service}/Environments`),
  post("CreateEnvironment", `${service}/Environments`, ["UniqueName"], {
    UniqueName: name,
    DomainSuffix: /^[a-z0-9-]{1,16}$/,
    // not in the description: twilio-run sends it, Twilio passes over it
    FriendlyName: name,
  }),
  get("ListFunction", `${service}/Functions`),
  post("CreateFunction", `${service}/Functions`, ["FriendlyName"], { FriendlyName: name }),
  upload("CreateFunctionVersion", `${service}/Functions/{Sid}/Versions`),
  get("ListAsset", `${service}/Assets`),
  post("CreateAsset", `${service}/Assets`, ["FriendlyName"], { FriendlyName: name }),
  upload("CreateAssetVersion", `${service}/Assets/{Sid}/Versions`),
  post("CreateBuild", `${service}/Builds`, [], {
    AssetVersions: sid("ZN"),
    FunctionVersions: sid("ZN"),
    Dependencies: any,
    Runtime: /^node(?:20|22|24)$/,
  }),
  get("FetchBuildStatus", `${service}/Builds/{Sid}/Status`),
  get("ListVariable", `${service}/Environments/{Sid}/Variables`),
  post("CreateVariable", `${service}/Environments/{Sid}/Variables`, ["Key", "Value"], { Key: name, Value: any }),
  post("UpdateVariable", `${service}/Environments/{Sid}/Variables/{Sid}`, [], { Key: name, Value: any }),
  post("CreateDeployment", `${service}/Environments/{Sid}/Deployments`, [], { BuildSid: sid("ZB") }),
];
