// Read by `npx twilio-run deploy` and `twilio serverless:deploy`, in the root of the repository, after `npm run build`.
const path = require("node:path");

module.exports = {
  // The project that is uploaded: functions, prompts, and a package.json without dependencies, so nothing is installed there
  // but what Twilio itself puts into every build: its runtime handler and its SDK [D changelog February 2021].
  // Absolute, and so computed: twilio-run joins a relative folder twice and finds nothing.
  cwd: path.join(__dirname, ".twilioserverless"),
  serviceName: "stayline",
  // Into the account's service of this name, wherever it was deployed from before.
  overrideExistingProject: true,
  // No suffix in the domain.
  environment: "",
  runtime: "node22",
  // The names of the fallback leg's variables; their values come from the environment of the command, and from no file.
  env: "variables.env",
  loadSystemEnv: true,
};
