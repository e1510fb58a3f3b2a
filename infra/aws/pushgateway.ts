import { SecretValue } from "aws-cdk-lib";

/** The Pushgateway that the functions push to. */
export interface Pushgateway {
  /** Without userinfo, which would be readable in the template. */
  readonly url: string;
  /**
   * For basic auth: name or ARN of a secret in Secrets Manager, JSON with `username` and `password`. Default: no
   * authentication.
   */
  readonly secret?: string | undefined;
  /** Its security group, if it is in the functions' VPC. It is opened to the functions on the port of the URL. */
  readonly securityGroupId?: string | undefined;
}

/**
 * Returns the environment variables with which prefreeze finds the gateway.
 *
 * The template has a reference to the secret. CloudFormation resolves it whenever it updates the function. So everyone
 * who may read the function's configuration can read the password, and a changed password needs a new deployment.
 *
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 *
 * @throws Error if the URL is invalid or has a password
 */
export function pushgatewayVariables({ url, secret }: Pushgateway): Record<string, string> {
  if (!URL.canParse(url))
    throw new Error(
      "pushgatewayUrl is not a URL. Use one such as http://pushgateway.internal:9091.",
    );
  if (new URL(url).password !== "")
    throw new Error(
      "pushgatewayUrl has a password, which would be readable in the template. Use -c pushgatewaySecret=NAME instead.",
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
