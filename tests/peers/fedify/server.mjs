// A Fedify server on plain http at 127.0.0.1, for tests: `node server.mjs --port N [--first-knock DIALECT]`.
//
// It serves the actor /users/kim and, under /control/, a JSON API that makes kim act and tells what Fedify thought of
// each delivery. Everything lives in memory. Standard output carries one line, `ready http://127.0.0.1:N`.
import { createServer } from "node:http";
import { parseArgs } from "node:util";

import { answerControl } from "./control.mjs";
import { receive } from "./deliveries.mjs";
import { readBody, toRequest, writeResponse } from "./http.mjs";
import { createPeer } from "./peer.mjs";

const DIALECTS = ["rfc9421", "draft-cavage-http-signatures-12"];

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "first-knock": { type: "string", default: DIALECTS[0] },
  },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`--port must be a number from 0 to 65535, got ${JSON.stringify(values.port)}`);
  process.exit(2);
}
if (!DIALECTS.includes(values["first-knock"])) {
  console.error(`--first-knock must be one of ${DIALECTS.join(", ")}, got ${JSON.stringify(values["first-knock"])}`);
  process.exit(2);
}

let peer;

async function answer(message) {
  const body = await readBody(message);
  const request = toRequest(message, body, peer.origin);
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/control/")) return await answerControl(peer, request);
  if (request.method === "POST") return await receive(peer, request, message.rawHeaders, body);
  return await peer.federation.fetch(request, { contextData: null });
}

const server = createServer((message, reply) => {
  answer(message)
    .catch((error) => {
      console.error(error);
      return Response.json({ error: String(error.message ?? error) }, { status: 500 });
    })
    .then((response) => writeResponse(response, reply))
    .catch((error) => {
      console.error(error);
      reply.destroy();
    });
});

server.on("error", (error) => {
  console.error(`cannot listen on 127.0.0.1:${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, "127.0.0.1", async () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  peer = await createPeer(origin, { firstKnock: values["first-knock"] });
  console.log(`ready ${origin}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
