// The PartyServer room for comparison: as its documentation shows it, hibernating, sending the same bytes as ours.
import { routePartykitRequest, Server } from "partyserver";

const isolate = { rooms: 0 };

/** A room that broadcasts what is posted to it. */
export class Room extends Server {
  static override options = { hibernate: true };
  made = ++isolate.rooms;

  override async onRequest(request: Request): Promise<Response> {
    this.broadcast(await request.text());
    return Response.json({ made: this.made });
  }
}

export default {
  fetch: async (request: Request, env: Record<string, unknown>) =>
    (await routePartykitRequest(request, env)) ?? new Response("no room of that name", { status: 404 }),
};
