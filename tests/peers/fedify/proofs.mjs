// Fedify's verdict on the FEP-8b32 proof of a JSON document.
import { detachSignature, hasProofLike, verifyObject } from "@fedify/fedify";
import { Object as ASObject } from "@fedify/vocab";

// `verified` means: every proof is valid and whoever the document names as actor or author made one of them. A linked
// data signature is added after the proof and not covered by it.
export async function checkProof(document, loaders) {
  if (document == null || typeof document !== "object" || Array.isArray(document)) return null;
  const verdict = { present: hasProofLike(document), verified: false, error: null };
  if (!verdict.present) return verdict;
  try {
    verdict.verified = (await verifyObject(ASObject, detachSignature(document), loaders)) != null;
  } catch (error) {
    verdict.error = String(error.message ?? error);
  }
  return verdict;
}

// An embedded object that has no `@context` of its own is read, and was signed, in its parent's.
export async function checkEmbeddedProof(document, loaders) {
  const embedded = document?.object;
  if (embedded == null || typeof embedded !== "object" || Array.isArray(embedded)) return null;
  return await checkProof({ "@context": document["@context"], ...embedded }, loaders);
}
