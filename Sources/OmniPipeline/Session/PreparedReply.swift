import OmniCore

/// A reply whose question was read: the first step comes next. Nothing of it is known outside.
///
/// Belongs to the task that prepared it.
struct PreparedReply<Generation: SpeechGeneration> {
    var generation: Generation
    var recorder: ReplyRecorder
}
