/** The storage of a Durable Object with SQLite. */
export interface ObjectStorage {
  readonly sql: Sql;
  /** Rolls back if the function throws. */
  transactionSync<T>(work: () => T): T;
  getAlarm(): Promise<number | null>;
  setAlarm(atMs: number): Promise<void>;
}

/** The object's database. */
export interface Sql {
  exec<Row extends Record<string, SqlValue>>(
    query: string,
    ...values: readonly (SqlValue | Uint8Array)[]
  ): Iterable<Row>;
}

export type SqlValue = ArrayBuffer | string | number | null;
