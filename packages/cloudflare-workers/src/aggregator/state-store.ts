import { pieceName } from "@prefreeze/core/aggregate";
import { packed, unpacked } from "./packed-pieces.js";
import type { ObjectStorage, Sql } from "./runtime-types.js";

/** Rises when older versions could not read the state. */
const FORMAT = 1;
/** A row has room for 2 MB. */
const MAX_ROW_BYTES = 1_000_000;
const MAX_CARRIED_BYTES = 100_000;

/** Pieces of state by their keys; undefined deletes one. */
export type Pieces = ReadonlyMap<string, Uint8Array | undefined>;

/**
 * The state of the aggregator in the object's database. Cloudflare bills by the row, so a push writes one: its life, and
 * with it the totals that it has changed. The same totals in another row are older.
 */
export interface StateStore {
  /** Whether there is a state: there is none at first, nor after `deleteAll()`. */
  isThere(): boolean;
  /**
   * Reads the state, or begins one.
   *
   * @throws Error if a newer version has written it
   */
  open(): Iterable<readonly [key: string, piece: Uint8Array]>;
  /** Writes all pieces or, if it throws, none. */
  write(pieces: Pieces): void;
}

export function createStateStore(storage: ObjectStorage): StateStore {
  const { sql } = storage;
  /** The number of the newest write. */
  let written = 0;
  /** The lives whose rows hold the newest totals, by the keys of these. */
  const carriers = new Map<string, string>();
  /** The keys of pieces that have several rows. */
  const long = new Set<string>();

  function begin(): void {
    storage.transactionSync(() => {
      sql.exec("CREATE TABLE prefreeze_about (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID");
      sql.exec(
        `CREATE TABLE prefreeze_pieces (name TEXT, part INTEGER, written INTEGER, piece BLOB, carried BLOB,
          PRIMARY KEY (name, part)) WITHOUT ROWID`,
      );
      sql.exec("INSERT INTO prefreeze_about VALUES ('format', ?)", FORMAT);
    });
  }

  /** @param carried totals that go with it */
  function put(key: string, piece: Uint8Array, carried?: ReadonlyMap<string, Uint8Array>): void {
    if (long.has(key)) remove(key);
    for (let from = 0; from === 0 || from < piece.length; from += MAX_ROW_BYTES)
      sql.exec(
        "INSERT OR REPLACE INTO prefreeze_pieces VALUES (?, ?, ?, ?, ?)",
        key,
        from / MAX_ROW_BYTES,
        written,
        piece.length <= MAX_ROW_BYTES ? piece : piece.slice(from, from + MAX_ROW_BYTES),
        from === 0 && carried && carried.size > 0 ? packed(carried) : null,
      );
  }

  function remove(key: string): void {
    sql.exec("DELETE FROM prefreeze_pieces WHERE name = ?", key);
  }

  /** The totals that only rows which are about to be replaced have. */
  function* orphans(pieces: Pieces): Iterable<readonly [string, Uint8Array]> {
    const left = new Map<string, Set<string>>();
    for (const [key, carrier] of carriers) {
      if (!pieces.has(carrier) || pieces.has(key)) continue;
      left.set(carrier, (left.get(carrier) ?? new Set()).add(key));
    }
    for (const [carrier, keys] of left) {
      for (const { carried } of sql.exec<{ carried: ArrayBuffer }>(
        "SELECT carried FROM prefreeze_pieces WHERE name = ? AND part = 0",
        carrier,
      ))
        for (const entry of unpacked(new Uint8Array(carried))) if (keys.has(entry[0])) yield entry;
    }
  }

  /** @returns by whom each of the totals that were written is carried now; undefined for a row of its own */
  function writeAll(pieces: Pieces): Map<string, string | undefined> {
    const moved = new Map<string, string | undefined>();
    const totals = new Map(orphans(pieces));
    /** The life that carries the totals of each group. */
    const leads = new Map<string, string>();
    for (const [key, piece] of pieces) {
      const { kind, group } = pieceName(key);
      if (piece === undefined) {
        remove(key);
        if (kind === "totals") moved.set(key, undefined);
      } else if (kind === "totals") totals.set(key, piece);
      else if (kind === "life") leads.set(group, key);
    }
    const loads = new Map<string, Map<string, Uint8Array>>();
    let carriedBytes = 0;
    for (const [key, piece] of totals) {
      carriedBytes += piece.length;
      const lead = carriedBytes > MAX_CARRIED_BYTES ? undefined : leads.get(pieceName(key).group);
      moved.set(key, lead);
      if (lead === undefined) put(key, piece);
      else loads.set(lead, (loads.get(lead) ?? new Map<string, Uint8Array>()).set(key, piece));
    }
    for (const [key, piece] of pieces)
      if (piece !== undefined && !totals.has(key)) put(key, piece, loads.get(key));
    return moved;
  }

  return {
    isThere: () => formatOf(sql) !== undefined,
    open() {
      written = 0;
      carriers.clear();
      long.clear();
      const found = formatOf(sql);
      if (found === undefined) begin();
      else if (found !== FORMAT)
        throw new Error(
          `it has format ${found}, and this version reads ${FORMAT}: deploy the version that wrote it`,
        );
      return pieces();
    },
    write(pieces) {
      written++;
      const moved = storage.transactionSync(() => writeAll(pieces));
      for (const [key, carrier] of moved) {
        if (carrier === undefined) carriers.delete(key);
        else carriers.set(key, carrier);
      }
      for (const [key, piece] of pieces) {
        if (piece && piece.length > MAX_ROW_BYTES) long.add(key);
        else long.delete(key);
      }
    },
  };

  function* pieces(): Iterable<readonly [string, Uint8Array]> {
    /** The newest totals, and the number of the write that they are from. */
    const totals = new Map<string, { readonly piece: Uint8Array; readonly written: number }>();
    const found = (key: string, piece: Uint8Array, row: WrittenRow) => {
      if (row.written <= (totals.get(key)?.written ?? -1)) return;
      totals.set(key, { piece, written: row.written });
      if (row.name === key) carriers.delete(key);
      else carriers.set(key, row.name);
    };
    let parts: Uint8Array[] = [];
    for (const row of sql.exec<WrittenRow>(
      "SELECT name, part, written, piece, carried FROM prefreeze_pieces ORDER BY name, part DESC",
    )) {
      const { name: key, part, piece, carried } = row;
      written = Math.max(written, row.written);
      parts.unshift(new Uint8Array(piece));
      if (part > 0) {
        long.add(key);
        continue;
      }
      const whole = joined(parts);
      parts = [];
      if (pieceName(key).kind === "totals") found(key, whole, row);
      else yield [key, whole];
      // A copy, which does not keep the row in memory.
      if (carried)
        for (const [key, piece] of unpacked(new Uint8Array(carried)))
          found(key, piece.slice(), row);
    }
    for (const [key, { piece }] of totals) yield [key, piece];
  }
}

interface WrittenRow extends Record<string, ArrayBuffer | string | number | null> {
  readonly name: string;
  readonly part: number;
  readonly written: number;
  readonly piece: ArrayBuffer;
  readonly carried: ArrayBuffer | null;
}

/** @returns undefined if there is no state */
function formatOf(sql: Sql): number | undefined {
  try {
    const [row] = sql.exec<{ value: number }>(
      "SELECT value FROM prefreeze_about WHERE name = 'format'",
    );
    return row?.value;
  } catch (error) {
    if (String(error).includes("no such table")) return undefined;
    throw error;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
