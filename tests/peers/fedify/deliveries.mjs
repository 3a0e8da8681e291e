// What came to the inboxes: each POST is kept as it arrived, with Fedify's verdict on its HTTP signature and its proofs.
//
// Fedify takes an activity when its proof is good and does not look at the HTTP signature then, so its answer alone does
// not tell about the signature: the report asks Fedify's verifier for each of the two. The answer to a POST carries the
// number of its report in `x-delivery`.
import { verifyRequestDetailed } from "@fedify/fedify";

import { checkEmbeddedProof, checkProof } from "./proofs.mjs";

export async function receive(peer, request, rawHeaders, body) {
  const { documentLoader, contextLoader } = peer.context();
  const loaders = { documentLoader, contextLoader };
  const activity = parse(body);
  const report = {
    number: peer.nextNumber++,
    path: new URL(request.url).pathname,
    activity,
    http_signature: await checkHttpSignature(request, loaders),
    proof: await checkProof(activity, loaders), // null when the body is no JSON object
    object_proof: await checkEmbeddedProof(activity, loaders), // null when no object is embedded
    status: null, // what Fedify answered
    heard: null, // what reached Fedify's inbox listener
    listener_error: null,
    request: {
      method: request.method,
      url: request.url,
      headers: pairs(rawHeaders),
      body_base64: body.toString("base64"),
    },
  };
  const response = await peer.federation.fetch(request, { contextData: report });
  report.status = response.status;
  peer.deliveries.push(report);
  const answer = new Response(response.body, response);
  answer.headers.set("x-delivery", report.number);
  return answer;
}

async function checkHttpSignature(request, loaders) {
  const dialect = request.headers.has("signature-input") ? "rfc9421" : "draft-cavage-http-signatures-12";
  const result = await verifyRequestDetailed(request.clone(), loaders);
  return {
    verified: result.verified,
    dialect: request.headers.has("signature") ? dialect : null,
    key_id: (result.verified ? result.key.id : result.reason.keyId)?.href ?? null,
    reason: result.verified ? null : result.reason.type,
  };
}

function parse(body) {
  try {
    return JSON.parse(body.toString("utf-8"));
  } catch {
    return null;
  }
}

function pairs(rawHeaders) {
  const headers = [];
  for (let i = 0; i < rawHeaders.length; i += 2) headers.push([rawHeaders[i], rawHeaders[i + 1]]);
  return headers;
}
