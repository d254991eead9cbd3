import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import path from "node:path";
import { createServer } from "node:tls";
import { generate } from "selfsigned";
import { host } from "../../stack/listen.ts";

/** The embedded table behind TLS, as DynamoDB is: a first request pays for the handshake. */
export interface TlsTable {
  readonly url: string;
  /** for NODE_EXTRA_CA_CERTS */
  readonly certFile: string;
  stop(): Promise<void>;
}

/** subjectAltName of this kind is an IP address [RFC 5280, 4.2.1.6] */
const ipName = 7;

export async function startTlsTable(endpoint: string, workDir: string): Promise<TlsTable> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "table of the bench" }], {
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: ipName, ip: host }] },
    ],
  });
  const certFile = path.join(workDir, "table-cert.pem");
  await writeFile(certFile, `${cert.trim()}\n`);
  const { hostname, port } = new URL(endpoint);
  const server = createServer({ key, cert }, (incoming) => {
    // heads and bodies come in packets of their own: waiting for company would add 40 ms to each
    incoming.setNoDelay(true);
    const outgoing = connect({ port: Number(port), host: hostname, noDelay: true });
    incoming.on("error", () => outgoing.destroy()).pipe(outgoing);
    outgoing.on("error", () => incoming.destroy()).pipe(incoming);
  });
  server.listen(0, host);
  await once(server, "listening");
  return {
    url: `https://${host}:${(server.address() as AddressInfo).port}`,
    certFile,
    stop: async () => {
      // the processes that were connected are gone
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
