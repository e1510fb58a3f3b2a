/** The ARN of a layer, with or without a version. */
export interface LayerArn {
  /** Without the version. */
  readonly layer: string;
  readonly region: string;
  readonly name: string;
  /** Undefined for the newest. */
  readonly version: number | undefined;
}

/**
 * Parses the ARN of a layer: `arn:aws:lambda:eu-central-1:123456789012:layer:prefreeze`, or with `:3` at its end.
 *
 * @returns undefined if it is none
 */
export function parseLayerArn(text: string): LayerArn | undefined {
  const [, layer, region, name, version] =
    /^(arn:aws[a-z-]*:lambda:([a-z]{2}(?:-[a-z]+)+-\d+):\d{12}:layer:([\w-]{1,140}))(?::(\d{1,10}))?$/.exec(
      text,
    ) ?? [];
  if (layer === undefined || region === undefined || name === undefined) return undefined;
  return { layer, region, name, version: version === undefined ? undefined : Number(version) };
}

/** The ARN of a layer without its version. */
export function withoutVersion(arn: string): string {
  return arn.replace(/:\d+$/, "");
}
