// What kim can do on request. Each act sends one activity and returns its id; a refusal by the other server is an error.
import { signObject } from "@fedify/fedify";
import {
  Announce,
  Create,
  Delete,
  Follow,
  Like,
  Mention,
  Note,
  Object as ASObject,
  PUBLIC_COLLECTION,
  Tombstone,
  Undo,
  Update,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";

import { KIM } from "./peer.mjs";

const sender = { identifier: KIM };

export async function fetchDocument(peer, url) {
  const loader = await peer.context().getDocumentLoader(sender);
  return (await loader(url)).document;
}

export async function follow(peer, { actor }) {
  const target = await fetchObject(peer, actor);
  const to = target.id;
  return await send(peer, target, new Follow({ ...envelope(peer, "follows"), to, object: to }));
}

export async function like(peer, { object }) {
  const note = await fetchObject(peer, object);
  const author = await fetchAuthor(peer, note);
  return await send(peer, author, new Like({ ...envelope(peer, "likes"), to: author.id, object: note.id }));
}

export async function announce(peer, { object }) {
  const note = await fetchObject(peer, object);
  const author = await fetchAuthor(peer, note);
  const activity = new Announce({
    ...envelope(peer, "announces"),
    to: PUBLIC_COLLECTION,
    cc: author.id,
    object: note.id,
    published: Temporal.Now.instant(),
  });
  return await send(peer, author, activity);
}

export async function publish(peer, { content }) {
  const followers = peer.context().getFollowersUri(KIM);
  const note = new Note({ ...draft(peer, content), to: PUBLIC_COLLECTION, cc: followers });
  return await sendNote(peer, "followers", note, Create, "creates");
}

export async function reply(peer, { object, content }) {
  const parent = await fetchObject(peer, object);
  const author = await fetchAuthor(peer, parent);
  const note = new Note({
    ...draft(peer, content),
    replyTarget: parent.id,
    to: PUBLIC_COLLECTION,
    cc: author.id,
    tags: [new Mention({ href: author.id, name: `@${author.preferredUsername}` })],
  });
  return await sendNote(peer, author, note, Create, "creates");
}

export async function edit(peer, { object, content }) {
  const { note, recipients } = findOwnNote(peer, object);
  const edited = note.clone({ content, updated: Temporal.Now.instant(), proofs: [] });
  return await sendNote(peer, recipients, edited, Update, "updates");
}

export async function remove(peer, { object }) {
  const { note, recipients } = findOwnNote(peer, object);
  peer.notes.delete(note.id.href);
  const tombstone = new Tombstone({ id: note.id });
  return await send(peer, recipients, new Delete({ ...envelope(peer, "deletes"), ...audience(note), object: tombstone }));
}

export async function undo(peer, { activity }) {
  const earlier = peer.sent.get(activity);
  if (earlier == null) throw new RangeError(`kim sent no activity ${activity}`);
  const { activity: object, recipients } = earlier;
  return await send(peer, recipients, new Undo({ ...envelope(peer, "undos"), tos: object.toIds, object }));
}

function draft(peer, content) {
  const ctx = peer.context();
  const id = ctx.getObjectUri(Note, { id: crypto.randomUUID() });
  const published = Temporal.Now.instant();
  return { id, attribution: ctx.getActorUri(KIM), content, mediaType: "text/html", published };
}

// The note is signed by itself too, so that it can be checked wherever it is found.
async function sendNote(peer, recipients, draft, Wrapper, kind) {
  const note = await sign(peer.context(), draft);
  peer.notes.set(note.id.href, { note, recipients });
  return await send(peer, recipients, new Wrapper({ ...envelope(peer, kind), ...audience(note), object: note }));
}

function envelope(peer, kind) {
  const actor = peer.context().getActorUri(KIM);
  return { id: new URL(`#${kind}/${crypto.randomUUID()}`, actor), actor };
}

function audience(note) {
  return { tos: note.toIds, ccs: note.ccIds };
}

async function send(peer, recipients, activity) {
  await peer.context().sendActivity(sender, recipients, activity);
  peer.sent.set(activity.id.href, { activity, recipients });
  return { activity: activity.id.href, object: activity.objectId?.href ?? null };
}

async function sign(ctx, note) {
  const key = (await ctx.getActorKeyPairs(KIM)).find(({ privateKey }) => privateKey.algorithm.name === "Ed25519");
  return await signObject(note, key.privateKey, key.multikey.id, { contextLoader: ctx.contextLoader });
}

async function fetchObject(peer, url) {
  const { documentLoader, contextLoader } = peer.context();
  return await ASObject.fromJsonLd(await fetchDocument(peer, url), { documentLoader, contextLoader });
}

async function fetchAuthor(peer, note) {
  if (note.attributionId == null) throw new RangeError(`${note.id?.href} has no author`);
  return await fetchObject(peer, note.attributionId.href);
}

function findOwnNote(peer, url) {
  const found = peer.notes.get(url);
  if (found == null) throw new RangeError(`kim has no note ${url}`);
  return found;
}
