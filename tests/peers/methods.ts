// The Web API methods that the bot may call, typed by Slack's own packages; install.sh makes JSON Schemas of these.
// Blocks and chunks are checked one by one against `Parts`: inlined into every method they make 150 MB of schema.
import type * as api from "@slack/web-api";

type Bare<T> = T extends unknown
  ? Omit<T, "blocks" | "attachments" | "chunks"> & { blocks?: object[]; chunks?: object[] }
  : never;

// A modal's blocks are checked one by one too.
interface Modal {
  type: "modal";
  callback_id?: string;
  private_metadata?: string;
  title: object;
  submit?: object;
  close?: object;
  blocks: object[];
}

// And App Home's.
interface Home {
  type: "home";
  callback_id?: string;
  private_metadata?: string;
  blocks: object[];
}

export interface Methods {
  "agents.sessions.setStatus": api.AgentsSessionsSetStatusArguments;
  "assistant.threads.setStatus": api.AssistantThreadsSetStatusArguments;
  "assistant.threads.setSuggestedPrompts": api.AssistantThreadsSetSuggestedPromptsArguments;
  "chat.appendStream": Bare<api.ChatAppendStreamArguments>;
  "chat.postEphemeral": Bare<api.ChatPostEphemeralArguments> & { team_id?: string }; // Bolt adds team_id to every call
  "chat.postMessage": Bare<api.ChatPostMessageArguments>;
  "chat.startStream": Bare<api.ChatStartStreamArguments>;
  "chat.stopStream": Bare<api.ChatStopStreamArguments>;
  "chat.update": Bare<api.ChatUpdateArguments>;
  "conversations.history": api.ConversationsHistoryArguments;
  "conversations.replies": api.ConversationsRepliesArguments;
  "conversations.open": { users: string; team_id?: string }; // Slack types it as one of two: by users or by channel
  // To a channel or to a thread; the schema of the two at once would ask for a thread always.
  "files.completeUploadExternal": Omit<api.FilesCompleteUploadExternalArguments, "blocks" | "thread_ts"> & { thread_ts?: string };
  // The Web API and slack_sdk call it alt_txt: https://docs.slack.dev/reference/methods/files.getUploadURLExternal
  "files.getUploadURLExternal": Omit<api.FilesGetUploadURLExternalArguments, "alt_text"> & { alt_txt?: string };
  // The app's own id and secret travel as HTTP Basic authentication.
  "oauth.v2.access": Omit<api.OAuthV2AccessArguments, "client_id" | "client_secret">;
  "users.info": api.UsersInfoArguments;
  "users.list": api.UsersListArguments;
  "views.open": { trigger_id: string; team_id?: string; view: Modal };
  "views.publish": { user_id: string; team_id?: string; view: Home };
  "views.update": { view_id: string; team_id?: string; view: Modal };
}
