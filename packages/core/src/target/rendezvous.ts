/**
 * Chooses one of several gateways for an instance: the one whose hash with the instance's id is highest.
 * An instance always gets the same gateway, and every gateway is equally likely.
 *
 * Source: Thaler and Ravishankar, "A Name-Based Mapping Scheme for Rendezvous", 1996
 */
export function rendezvous(id: string, urls: readonly string[]): string {
  const [first, ...others] = urls;
  let chosen = first!;
  for (const url of others) if (hash(url + id) > hash(chosen + id)) chosen = url;
  return chosen;
}

/** FNV-1a over UTF-16 units, followed by the final mixing steps of MurmurHash3; 32 bits. */
function hash(text: string): number {
  let hashed = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hashed = Math.imul(hashed ^ text.charCodeAt(i), 0x01000193);
  hashed = Math.imul(hashed ^ (hashed >>> 16), 0x85ebca6b);
  hashed = Math.imul(hashed ^ (hashed >>> 13), 0xc2b2ae35);
  return (hashed ^ (hashed >>> 16)) >>> 0;
}
