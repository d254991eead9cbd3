import { writeFile } from "node:fs/promises";
import path from "node:path";
import { generate } from "selfsigned";

/** A certificate that signs itself, for servers that play public hosts in a test; whoever trusts its file reaches them. */
export async function testCertificate(folder: string, name: string, hosts: readonly string[]) {
  const altNames = hosts.map((value) => ({ type: 2 as const, value }));
  const made = await generate([{ name: "commonName", value: `${name} of a test` }], {
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames },
    ],
  });
  // each ends its line, so that files of several can be put together
  const cert = `${made.cert.trim()}\n`;
  const certFile = path.join(folder, `${name}-cert.pem`);
  await writeFile(certFile, cert);
  return { key: made.private, cert, certFile };
}
