// Kim, her keys and her notes, as a Fedify federation.
import { createFederation, generateCryptoKeyPair, MemoryKvStore } from "@fedify/fedify";
import { Accept, Activity, Endpoints, Follow, Note, Person, PUBLIC_COLLECTION } from "@fedify/vocab";

import { describe } from "./describe.mjs";

export const KIM = "kim";

// Signatures are checked by deliveries.mjs too, for its report; what is accepted is Fedify's own decision.
export async function createPeer(origin, { firstKnock }) {
  const kv = new MemoryKvStore();
  const federation = createFederation({ kv, origin, firstKnock, allowPrivateAddress: true });
  const keyPairs = await Promise.all([generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), generateCryptoKeyPair("Ed25519")]);
  const peer = {
    origin,
    kv,
    federation,
    notes: new Map(), // id -> { note, recipients }, the note already carrying its proof
    sent: new Map(), // activity id -> { activity, recipients }, to undo by id
    followers: new Map(), // actor id -> { id, inboxId, endpoints }
    deliveries: [], // finished reports, oldest first
    nextNumber: 0, // of a report
    context: () => federation.createContext(new URL(origin), null),
  };

  federation
    .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
      if (identifier !== KIM) return null;
      const keys = await ctx.getActorKeyPairs(identifier);
      return new Person({
        id: ctx.getActorUri(identifier),
        preferredUsername: identifier,
        name: "Kim",
        summary: "Collects prints and watercolours.",
        url: new URL("/@kim", origin),
        inbox: ctx.getInboxUri(identifier),
        endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
        outbox: ctx.getOutboxUri(identifier),
        followers: ctx.getFollowersUri(identifier),
        publicKey: keys[0].cryptographicKey,
        assertionMethods: keys.map((key) => key.multikey),
      });
    })
    .setKeyPairsDispatcher((_ctx, identifier) => (identifier === KIM ? keyPairs : []));

  federation.setOutboxDispatcher("/users/{identifier}/outbox", (_ctx, identifier) =>
    identifier === KIM ? { items: [...peer.sent.values()].map(({ activity }) => activity).filter(isPublic) } : null,
  );

  federation.setFollowersDispatcher("/users/{identifier}/followers", (_ctx, identifier) =>
    identifier === KIM ? { items: [...peer.followers.values()] } : null,
  );

  federation.setObjectDispatcher(Note, "/notes/{id}", (ctx, { id }) => {
    const url = ctx.getObjectUri(Note, { id }).href;
    return peer.notes.get(url)?.note ?? null;
  });

  // Without a message queue a listener runs inside the request, so `ctx.data` is that request's report.
  federation
    .setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .on(Follow, async (ctx, follow) => {
      ctx.data.heard = await describe(follow, ctx);
      await acceptFollow(ctx, peer, follow);
    })
    .on(Activity, async (ctx, activity) => {
      ctx.data.heard = await describe(activity, ctx);
    })
    .onError((ctx, error) => {
      if (ctx.data != null) ctx.data.listener_error = String(error.stack ?? error);
    });

  return peer;
}

function isPublic(activity) {
  return activity.toIds.some(({ href }) => href === PUBLIC_COLLECTION.href);
}

async function acceptFollow(ctx, peer, follow) {
  const follower = await follow.getActor(ctx);
  if (follower?.id == null || follow.objectId?.href !== ctx.getActorUri(KIM).href) return;
  const { id, inboxId, endpoints } = follower;
  peer.followers.set(id.href, { id, inboxId, endpoints });
  const accept = new Accept({
    id: new URL(`#accepts/${crypto.randomUUID()}`, ctx.getActorUri(KIM)),
    actor: ctx.getActorUri(KIM),
    to: id,
    object: follow,
  });
  await ctx.sendActivity({ identifier: KIM }, follower, accept);
}
