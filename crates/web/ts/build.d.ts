/** Whether this is built as `downbeat-room.js`; in the events' client, what depends on it is left out. */
declare const ROOM: boolean;
