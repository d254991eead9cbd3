/** What the build loads, bundled like the legs, to learn what their flows play. */
export { loadedCatalogues, problemsInCatalogue } from "../../core/media.ts";

/** Apart from the rest: the catalogues can be read even when a flow cannot be loaded. */
export const loadFlows = () => import("../../flows/index.ts");
