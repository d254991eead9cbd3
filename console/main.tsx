import { render } from "preact";
import { App } from "./app.tsx";
import { browserSounds } from "./browser-sounds.ts";
import { createClient } from "./client.ts";
import { createPlayer } from "./player.ts";

const root = document.getElementById("app") ?? document.body;
render(<App client={createClient()} player={createPlayer(browserSounds())} />, root);
