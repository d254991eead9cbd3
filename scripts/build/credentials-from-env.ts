/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles. Lambda hands its role's credentials over as environment
 * variables [D Lambda environment variables], and the fallback leg passes its own explicitly, so the chain's other
 * sources (files, SSO, processes, instance metadata) would only be bytes to load, and a network call to wait for.
 */
export const defaultProvider = () => async () => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) {
    throw new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: the table cannot be reached");
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
};
