// The script API of the sandbox.

export async function call(path, body, method) {
  const answer = await fetch(`/__sandbox/${path}`, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data.error ?? `HTTP ${answer.status}`);
  return data;
}

// Follows the events; the browser reconnects by itself and names the last event it saw.
export function follow(after, kinds, onEvent, onLink) {
  const source = new EventSource(`/__sandbox/events?after=${after}`);
  for (const kind of kinds) source.addEventListener(kind, (event) => onEvent(kind, JSON.parse(event.data)));
  source.addEventListener("open", () => onLink(true));
  source.addEventListener("error", () => onLink(false));
  return source;
}
