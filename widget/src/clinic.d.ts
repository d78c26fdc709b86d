/** Name and numbers from data/clinic.yml, put in at build time: they must show when the server is gone. */
declare const CLINIC: { name: string; phone: string; href: string; emergency: string; lifeline: string };
