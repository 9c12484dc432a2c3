import OmniCore

/// A reply whose question was read: the first step comes next. Nothing of it is known outside.
///
/// Belongs to the task that prepared it.
struct PreparedReply<Model: SpeechLanguageModel> {
    let seat: ReplySeat<Model>
    let promptLength: Int
    var recorder: ReplyRecorder
}
