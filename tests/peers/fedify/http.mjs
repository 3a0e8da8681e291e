// Between Node's http messages and the Request and Response objects that Fedify works with.

const BODY_LIMIT_BYTES = 2_000_000;

export async function readBody(message) {
  const chunks = [];
  let size = 0;
  for await (const chunk of message) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) throw new Error(`body over ${BODY_LIMIT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// The raw request target is kept as it came: a signature covers it.
export function toRequest(message, body, origin) {
  const headers = new Headers();
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    headers.append(message.rawHeaders[i], message.rawHeaders[i + 1]);
  }
  const hasBody = message.method !== "GET" && message.method !== "HEAD";
  return new Request(new URL(message.url, origin), {
    method: message.method,
    headers,
    body: hasBody ? body : undefined,
  });
}

export async function writeResponse(response, reply) {
  reply.statusCode = response.status;
  response.headers.forEach((value, name) => reply.appendHeader(name, value));
  reply.end(Buffer.from(await response.arrayBuffer()));
}
