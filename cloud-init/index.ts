/** From a description to a seed, from a guest's words to a verdict, and what installs engines in guests. No libvirt, no ssh. */
export { cleanConsole } from "./console/clean.ts";
export { type BootStage, bootStage } from "./console/stages.ts";
export { type EngineSettings, engineEnvironment } from "./engines/environment.ts";
export { type EngineFamily, type EngineRecipe, engineRecipes, findEngine } from "./engines/recipe.ts";
export { type EngineReport, parseEngineReport } from "./engines/report.ts";
export { type EnginePurpose, engineScript } from "./engines/scripts.ts";
export { type GuestScript, guestScript } from "./guest/scripts.ts";
export { buildSeed, type SeedDocuments, type SeedInput, sealSeed } from "./seed/documents.ts";
export { seedImage } from "./seed/image.ts";
export type { SeedInterface } from "./seed/network-config.ts";
export { newIdentityUserData } from "./seed/new-identity.ts";
export { checkUserData } from "./user-data/check.ts";
export type { UserDataProblem } from "./user-data/problem.ts";
export { endedCleanly } from "./verdict/files.ts";
export { type FailingModule, failingModules } from "./verdict/log.ts";
export { type CloudInitProblem, type CloudInitVerdict, parseStatus } from "./verdict/status.ts";
