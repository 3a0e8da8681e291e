// What Fedify read from an object, as plain JSON: what arrives here has passed through its parser and its JSON-LD code.
import { Activity } from "@fedify/vocab";

const href = (url) => url?.href ?? null;
const hrefs = (urls) => urls.map(href);
const text = (value) => value?.toString() ?? null;
const localName = (object) => new URL(object.constructor.typeId).hash.slice(1);

export async function describe(object, loaders) {
  if (object == null) return null;
  const fields = {
    type: localName(object),
    id: href(object.id),
    to: hrefs(object.toIds),
    cc: hrefs(object.ccIds),
    published: text(object.published),
    updated: text(object.updated),
  };
  if (object instanceof Activity) {
    return {
      ...fields,
      actor: href(object.actorId),
      object_id: href(object.objectId),
      object: object.objectId == null ? null : await describeEmbedded(object, loaders),
    };
  }
  return {
    ...fields,
    name: text(object.name),
    summary: text(object.summary),
    content: text(object.content),
    sensitive: object.sensitive ?? null,
    attributed_to: hrefs(object.attributionIds),
    in_reply_to: href(object.replyTargetId),
    url: object.url instanceof URL ? object.url.href : href(object.url?.href),
    tags: await describeAll(object.getTags({ ...loaders, suppressError: true }), describeTag),
    attachments: await describeAll(object.getAttachments({ ...loaders, suppressError: true }), describeAttachment),
  };
}

// Only an object that came inside the activity is described: nothing is fetched for a report.
async function describeEmbedded(activity, loaders) {
  const documentLoader = (url) => Promise.reject(new Error(`${url} is not embedded`));
  return await describe(await activity.getObject({ ...loaders, documentLoader, suppressError: true }), loaders);
}

async function describeAll(objects, describeOne) {
  const described = [];
  for await (const object of objects) described.push(describeOne(object));
  return described;
}

function describeTag(tag) {
  return { type: localName(tag), name: text(tag.name), href: href(tag.href) };
}

function describeAttachment(attachment) {
  return {
    type: localName(attachment),
    media_type: attachment.mediaType ?? null,
    url: attachment.url instanceof URL ? attachment.url.href : href(attachment.url?.href),
    name: text(attachment.name),
    width: attachment.width ?? null,
    height: attachment.height ?? null,
  };
}
