import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { expect, onTestFinished, test } from "vitest";
import { startSimulation } from "../../src/simulator/run.js";
import { expectDescribed, type OpenApiDocument, operationOf } from "../api/support/conformity.js";
import { startService, temporaryFolder } from "../support/service.js";
import type { World } from "./client/world.js";

const remedy = "add a call of it to test/integration/client/every-route.ts";

/** Compiles the program against types made from the document; answers with what the compiler says, and where it is. */
async function compile(document: OpenApiDocument): Promise<{ errors: string[]; file: string }> {
  const cache = new URL("../../node_modules/.cache/", import.meta.url);
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(`${cache.pathname}client-`);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // A field with a default may be left out of a request.
  const { webhooks: _, ...described } = document;
  const types = await openapiTS(described as never, { silent: true, defaultNonNullable: false });
  await writeFile(`${folder}/openapi.ts`, astToString(types));
  await writeFile(`${folder}/package.json`, '{"type":"module"}');
  for (const name of ["every-route.ts", "world.ts"]) {
    await copyFile(new URL(`client/${name}`, import.meta.url), `${folder}/${name}`);
  }
  const compiler = ts.createProgram([`${folder}/every-route.ts`], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: [],
    strict: true,
    skipLibCheck: true,
  });
  const found = [...ts.getPreEmitDiagnostics(compiler), ...compiler.emit().diagnostics];
  const errors = found.map(({ messageText, file, start }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${file?.fileName.split("/").at(-1)}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  return { errors, file: `${folder}/every-route.js` };
}

test("a client generated from the document calls every route, and gets what is described", async () => {
  const studio = await startSimulation({ seed: 5, collections: 1 });
  onTestFinished(() => studio.close());
  const folder = await temporaryFolder();
  onTestFinished(folder.dispose);
  const service = await startService({
    PIXIEHOOK_DATA_DIR: folder.path,
    PIXIESET_GALLERY_URL: studio.simulator.galleryUrl,
    PIXIESET_STUDIO_URL: studio.simulator.studioUrl,
    SMTP_URL: studio.mail.url,
    EMAIL_FROM: "pixiehook <alerts@example.com>",
    PIXIEHOOK_ALLOWED_NETWORKS: "127.0.0.0/8",
  });
  onTestFinished(() => void service.end("SIGKILL"));
  const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as OpenApiDocument;
  const { errors, file } = await compile(document);
  expect(errors).toEqual([]);

  const answered = new Set<string>();
  const world: World = {
    url: service.url,
    token: service.token,
    cookies: studio.simulator.cookies,
    webhookUrl: `${studio.webhooks.url}/hook`,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const response = await fetch(request);
      await expectDescribed(document, request.method, pathname, response);
      const operation = operationOf(document, request.method, pathname);
      if (response.ok) answered.add(String(operation?.operationId));
      return response;
    },
    addFavorites: (count) => void studio.simulator.addFavorites({ count }),
    async unsubscribeLink() {
      const { headers } = await studio.mail.waitFor(() => true, 10_000);
      return /<([^>]+)>/.exec(headers["list-unsubscribe"] ?? "")?.[1] ?? "";
    },
  };
  const { callEveryRoute } = (await import(file)) as {
    callEveryRoute(world: World): Promise<void>;
  };
  await callEveryRoute(world);

  const all = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => String(operationId)),
  );
  expect(
    all.filter((name) => !answered.has(name)),
    `nobody calls these with success: ${remedy}`,
  ).toEqual([]);
}, 60_000);
