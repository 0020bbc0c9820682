import type { AccountService } from "./services/accounts.js";
import type { CompanionService } from "./services/companions.js";
import type { ActivityService, EventService, SampleService } from "./services/events.js";
import type { OverviewService } from "./services/overview.js";
import type { SealService } from "./services/seals.js";
import type { DeliveryService, ReplayService, SubscriptionService } from "./services/subscriptions.js";
import type { DiagnosticsService, HealthService, SystemService } from "./services/system.js";
import type { TokenService } from "./services/tokens.js";

/** What the API, the dashboard and the commands can ask of the program. `context.ts` builds it. */
export interface Services {
  readonly accounts: AccountService;
  readonly companions: CompanionService;
  readonly events: EventService;
  readonly activity: ActivityService;
  readonly overview: OverviewService;
  readonly subscriptions: SubscriptionService;
  readonly deliveries: DeliveryService;
  readonly replays: ReplayService;
  readonly samples: SampleService;
  readonly tokens: TokenService;
  readonly seals: SealService;
  readonly health: HealthService;
  readonly diagnostics: DiagnosticsService;
  readonly system: SystemService;
}
