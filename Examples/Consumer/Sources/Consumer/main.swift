// Asks a model a spoken question, prints the answer while it is made and writes its audio to a file.
//
//   swift run -c release --package-path Examples/Consumer Consumer \
//       Examples/Models/nano Examples/Audio/what-is-your-name.wav reply.wav
import Foundation
import OmniPipeline

let arguments = CommandLine.arguments
guard arguments.count == 4 else {
    print("usage: Consumer MODEL-DIRECTORY QUESTION.wav REPLY.wav")
    exit(64)
}

do {
    let omni = try await MiniOmni.load(from: URL(filePath: arguments[1]))
    let question = try AudioChunk(contentsOfWAV: URL(filePath: arguments[2]))
    var audio = try WAVWriter(
        to: URL(filePath: arguments[3]), format: WAVFormat(sampleRate: omni.codec.outputSampleRate))

    for try await event in omni.makeSession().respond(to: question) {
        switch event {
        case .text(let delta): print(delta, terminator: "")
        case .audio(let chunk): try audio.write(chunk)
        case .warning(let warning): print("[\(warning)]")
        case .finished(let metrics): print("\n\(metrics.stepCount) steps in \(metrics.totalTime)")
        default: break
        }
    }
    try audio.finish()
} catch {
    print(error)
    exit(1)
}
