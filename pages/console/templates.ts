// Messages written in advance.

import type { Locale, Severity } from "downbeat-client";

export interface Template {
  /** Its label in the list. */
  name: string;
  severity: Severity;
  text: Record<Locale, string>;
}

export const TEMPLATES: readonly Template[] = [
  {
    name: "Back in a moment",
    severity: "minor",
    text: {
      en: "We will be back in a moment.",
      fr: "Nous revenons dans un instant.",
      de: "Wir sind gleich zurück.",
      es: "Volvemos en un momento.",
    },
  },
  {
    name: "Starts late",
    severity: "info",
    text: {
      en: "We will start a few minutes late. Please stay here: the event starts by itself.",
      fr: "Nous commençons avec quelques minutes de retard. Restez ici : tout démarre automatiquement.",
      de: "Wir beginnen einige Minuten später. Bleiben Sie hier: Es beginnt von selbst.",
      es: "Empezamos con unos minutos de retraso. Quédense aquí: comienza automáticamente.",
    },
  },
  {
    name: "Technical problem, stay here",
    severity: "major",
    text: {
      en: "We have a technical problem and are working on it. Please stay here: there is no need to reload.",
      fr: "Nous avons un problème technique et nous y travaillons. Restez ici : inutile de recharger la page.",
      de: "Wir haben ein technisches Problem und arbeiten daran. Bitte bleiben Sie hier, Neuladen ist nicht nötig.",
      es: "Tenemos un problema técnico y estamos trabajando en ello. Quédense aquí: no hace falta recargar la página.",
    },
  },
  {
    name: "Continuing shortly",
    severity: "info",
    text: {
      en: "Thank you for waiting. We will continue shortly.",
      fr: "Merci de votre patience. Nous reprenons très bientôt.",
      de: "Danke für Ihre Geduld. Es geht in Kürze weiter.",
      es: "Gracias por su paciencia. Continuamos enseguida.",
    },
  },
];
