import { walk } from "./support/walk.js";

walk("phone");
