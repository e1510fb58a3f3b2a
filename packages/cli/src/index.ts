export { WrongInput } from "./arguments/wrong-input.js";
export type { Pushgateway } from "./arguments/pushgateway-option.js";
