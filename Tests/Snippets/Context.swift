// What the examples of the README, the articles and the doc comments use without declaring it. Nothing here is run.
import Foundation
import OmniCore
import OmniHub
import OmniPipeline
import OmniTensor

var omni: MiniOmni { absent() }
var session: OmniSession { absent() }
var device: AudioDevice { absent() }
var directory: URL { absent() }
/// A file with a spoken question.
var question: URL { absent() }
var recording: AudioChunk { absent() }
var captured: AudioChunk { absent() }
var clock: Duration { absent() }
nonisolated(unsafe) var filler = GapFiller()
var microphone: AsyncStream<AudioChunk> { absent() }
var player: AudioPlayer { absent() }

@Sendable func upload(_ codes: [Int32]) throws {}
func play(_ chunk: AudioChunk) {}

private func absent() -> Never { preconditionFailure("examples are compiled and never run") }
