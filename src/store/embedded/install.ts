import { findServer } from "./find.js";
import { type PackageManager, packageManagers } from "./packages.js";
import { findManagerOf, installPackage, type PackageOptions } from "./system-package.js";

export interface InstallOptions extends PackageOptions {
  readonly policyFile?: string;
}

/**
 * Installs Redis with the system's package manager, where that needs no password. One at a time on a machine.
 * Throws `StartError` with the one thing to do where it may not or does not work.
 */
export async function installRedis(options: InstallOptions): Promise<void> {
  const redis = {
    name: "Redis",
    what: "Redis server",
    byHand: "install redis-server 6.2 or newer",
    instead: "or set REDIS_URL to a server that runs elsewhere",
    managers: packageManagers,
    scriptArgument: options.policyFile ?? "/usr/sbin/policy-rc.d",
    isThere: async () => (await findServer(options.folders)).kind !== "missing",
  };
  await installPackage(redis, options);
}

/** The first package manager that is there. */
export function findManager(folders: readonly string[]): Promise<PackageManager | null> {
  return findManagerOf(packageManagers, folders);
}
