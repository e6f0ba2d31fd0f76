import type { Client, FaultSettings } from "mockserver-py";

declare global {
  namespace Cypress {
    interface Chainable {
      mockScenario(name: string | null): Chainable<null>;
      mockFault(name: string, settings?: FaultSettings): Chainable<null>;
      mockOff(): Chainable<null>;
      mockRequested(...expected: Parameters<Client["assertRequested"]>): Chainable<null>;
    }
  }
}
