import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { useExamples } from "../support/documents.js";
import { testConnecting } from "./pages/connecting.js";
import { testOperations } from "./pages/operations.js";
import { testSubscriptions } from "./pages/subscriptions.js";
import { openWorld, type World } from "./support/world.js";

const example = useExamples();
let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterEach(() => world.clear());
afterAll(() => world.close());

describe("connecting an account", () => testConnecting(example, () => world));
describe("subscriptions", () => testSubscriptions(example, () => world));
describe("operations", () => testOperations(example, () => world));
