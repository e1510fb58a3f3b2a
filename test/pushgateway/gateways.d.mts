/** A real Pushgateway on this machine. */
export interface Program {
  /** Such as `1.11.2`. */
  readonly version: string;
  /** Absolute. */
  readonly path: string;
}

export function prepareGateways(options: { readonly allRequired: boolean }): Promise<string>;
export function foundGateways(): Promise<Program[]>;
