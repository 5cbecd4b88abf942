import { joinEvent } from "../shared/event.ts";
import { light } from "../shared/light.ts";
import { message } from "../shared/message.ts";

const event = await joinEvent();
message(document.querySelector("#message")!, event);
light(document.querySelector("#light")!, event);
