import { SecretValue } from "aws-cdk-lib";

/** The Pushgateway that the functions push to. */
export interface Pushgateway {
  /** Without userinfo: it would stand in the template. */
  readonly url: string;
  /**
   * Where it asks for basic auth: the name or ARN of a secret in Secrets Manager, JSON with `username` and
   * `password`.
   */
  readonly secret?: string | undefined;
  /** Its security group, where it is in the functions' VPC; it is opened to them on the URL's port. */
  readonly securityGroupId?: string | undefined;
}

/**
 * The variables by which prefreeze finds the gateway.
 *
 * The template holds a reference to the secret, which CloudFormation resolves at each update of the function. So
 * whoever may read the function's configuration reads the password, and a new one needs a new deployment.
 *
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 *
 * @throws Error where the URL is none, or holds a password
 */
export function pushgatewayVariables({ url, secret }: Pushgateway): Record<string, string> {
  if (!URL.canParse(url))
    throw new Error("pushgatewayUrl is no URL: http://pushgateway.internal:9091 is one.");
  if (new URL(url).password !== "")
    throw new Error(
      "pushgatewayUrl holds a password, which would stand in the template: use -c pushgatewaySecret=NAME.",
    );
  if (secret === undefined) return { PUSHGATEWAY_URL: url };
  const field = (jsonField: string) =>
    SecretValue.secretsManager(secret, { jsonField }).unsafeUnwrap();
  return {
    PUSHGATEWAY_URL: url,
    PUSHGATEWAY_USERNAME: field("username"),
    PUSHGATEWAY_PASSWORD: field("password"),
  };
}

/** The TCP port of the gateway's URL. */
export function pushgatewayPort({ url }: Pushgateway): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
