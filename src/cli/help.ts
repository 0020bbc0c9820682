import { Help, type HelpConfiguration } from "commander";

/** How help looks: a line for each command, which says the rest itself, and no defaults that go without saying. */
export const helpStyle: HelpConfiguration = {
  subcommandTerm: (command) => command.name(),
  optionDescription: (option) =>
    option.defaultValue === false ? option.description : new Help().optionDescription(option),
};

/** What stands at a wrong place could be a secret: it is not repeated. */
function withoutSecrets(text: string): string {
  return text.replace(/wh(sec|sk)_\S+/g, "[hidden]").replace(/(unknown option '[^'=]*=)[^\n]*/, "$1…'");
}

/** What is wrong with a command line, in the words in which all else is told: of options as of settings. */
export function tellUsage(text: string): string {
  return withoutSecrets(text)
    .replace(/^error: option '[^']*?(--[\w-]+)[^']*' argument '(.*)' is invalid\. /s, '$1 is "$2": ')
    .replace(/^error: /, "")
    .replace(/Allowed choices are (.*)\.\n/, "use one of $1\n")
    .replace(/^/, "pixiehook: ");
}
