/** The line that AWS logs before an invocation. */
export function startLine(requestId: string): string {
  return `START RequestId: ${requestId} Version: $LATEST\n`;
}

/**
 * The lines that AWS logs after an invocation.
 *
 * @param run `initDurationMs` is undefined unless it was a cold start
 */
export function endLines(run: {
  requestId: string;
  durationMs: number;
  memorySizeMb: number;
  initDurationMs: number | undefined;
}): string {
  const parts = [
    `REPORT RequestId: ${run.requestId}`,
    `Duration: ${run.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(run.durationMs)} ms`,
    `Memory Size: ${run.memorySizeMb} MB`,
  ];
  if (run.initDurationMs !== undefined) {
    parts.push(`Init Duration: ${run.initDurationMs.toFixed(2)} ms`);
  }
  return `END RequestId: ${run.requestId}\n${parts.join("\t")}\n`;
}

/** The message that AWS logs, and sends to the caller, when a function times out. */
export function timeoutMessage(requestId: string, limitMs: number): string {
  const seconds = (limitMs / 1000).toFixed(2);
  return `${new Date().toISOString()} ${requestId} Task timed out after ${seconds} seconds`;
}

/** The log tail that AWS returns with an invocation: the last 4 kB in Base64. */
export function logTail(log: string): string {
  return Buffer.from(log).subarray(-4096).toString("base64");
}
