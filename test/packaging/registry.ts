import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

interface PublishRequest {
  readonly name: string;
  readonly versions: Readonly<Record<string, { readonly _id: string }>>;
}

/** An npm registry that remembers the packages that were published to it. */
export interface Registry extends AsyncDisposable {
  /** The published packages, as `name@version`, in the order of arrival. */
  readonly published: readonly string[];
  /** The text of an .npmrc that makes npm publish to this registry. */
  readonly npmrc: string;
  /** Refuses the package with 403 until it is accepted. */
  refuse(name: string): void;
  accept(name: string): void;
}

/** Starts a registry on a free loopback port. */
export async function startRegistry(): Promise<Registry> {
  const packages = new Map<string, PublishRequest>();
  const refused = new Set<string>();
  const published: string[] = [];
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? "/").slice(1).split("?", 1)[0]!);
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (request.method !== "PUT") {
      const known = packages.get(name);
      return answer(known ? 200 : 404, known ?? { error: "not found" });
    }
    if (refused.has(name)) return answer(403, { error: "refused" });
    void json(request).then((body) => {
      const sent = body as PublishRequest;
      packages.set(name, sent);
      published.push(...Object.values(sent.versions).map(({ _id }) => _id));
      answer(201, { ok: true });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    published,
    npmrc: `registry=http://${address}\n//${address}:_authToken=anybody\n`,
    refuse: (name) => void refused.add(name),
    accept: (name) => void refused.delete(name),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
