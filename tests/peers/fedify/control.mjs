// The JSON API under /control/ by which a test drives this server. It answers 200 with a result, or 4xx/5xx with `error`.
import { SendActivityError } from "@fedify/fedify";
import { Object as ASObject } from "@fedify/vocab";

import * as acts from "./acts.mjs";
import { describe } from "./describe.mjs";
import { checkEmbeddedProof, checkProof } from "./proofs.mjs";

const ROUTES = {
  "POST follow": acts.follow,
  "POST like": acts.like,
  "POST announce": acts.announce,
  "POST publish": acts.publish,
  "POST reply": acts.reply,
  "POST edit": acts.edit,
  "POST delete": acts.remove,
  "POST undo": acts.undo,
  "POST fetch": fetchAndVerify,
  "POST verify": verify,
  "POST dialect": findDialect,
  "GET received": (peer) => ({ actor: `${peer.origin}/users/kim`, deliveries: peer.deliveries }),
};

export async function answerControl(peer, request) {
  const name = `${request.method} ${new URL(request.url).pathname.slice("/control/".length)}`;
  if (!Object.hasOwn(ROUTES, name)) return Response.json({ error: `no such control: ${name}` }, { status: 404 });
  try {
    const parameters = request.method === "POST" ? await request.json() : {};
    return Response.json(await ROUTES[name](peer, parameters));
  } catch (error) {
    console.error(error);
    if (error instanceof SendActivityError) {
      const { inbox, statusCode, responseBody } = error;
      const refusal = { error: error.message, inbox: inbox.href, status: statusCode, answer: responseBody };
      return Response.json(refusal, { status: 502 });
    }
    return Response.json({ error: String(error.message ?? error) }, { status: 400 });
  }
}

// Fetch as kim, with signed GETs, and judge what came.
async function fetchAndVerify(peer, { url }) {
  return await judge(peer, await acts.fetchDocument(peer, url));
}

async function verify(peer, { document }) {
  return await judge(peer, document);
}

async function judge(peer, document) {
  const { documentLoader, contextLoader } = peer.context();
  const loaders = { documentLoader, contextLoader };
  const proof = await checkProof(document, loaders);
  const object_proof = await checkEmbeddedProof(document, loaders);
  const object = await describe(await ASObject.fromJsonLd(document, loaders), loaders);
  return { document, proof, object_proof, object };
}

// Which signature dialect Fedify remembers as the one that this origin took; null before the first delivery.
async function findDialect(peer, { origin }) {
  return { dialect: (await peer.kv.get(["_fedify", "httpMessageSignaturesSpec", origin])) ?? null };
}
