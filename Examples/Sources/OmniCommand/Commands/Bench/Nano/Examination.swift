import CommandSupport
import Foundation
import OmniCore
import OmniPipeline

/// Asks the questions of held-out sets in every mode that the table has a row for.
struct Examination {
    private let session: OmniSession
    /// Where spoken answers are written.
    private(set) var answers: ReplyFolder?
    private(set) var scores: [ExaminationScore] = []
    private var firstAudioTimes: [Duration] = []
    private var realTimeFactors: [Double] = []

    init(session: OmniSession, answers: ReplyFolder?) {
        self.session = session
        self.answers = answers
    }

    /// Asks everything in a set.
    mutating func take(_ set: HeldOutSet) async throws {
        for trial in Trial.all(of: set.name) {
            var score = ExaminationScore(name: trial.name, unit: trial.unit)
            for (number, entry) in set.entries.enumerated() {
                Console.progress("\(trial.name): \(number + 1) of \(set.entries.count)")
                let reply = try await reply(to: entry, of: set, mode: trial.mode)
                score.add(reply.text, expected: trial.isTranscript ? entry.question : entry.answer)
                if trial.mode == .speechToSpeechBatch { note(reply) }
                if trial.isWritten, let audio = reply.audio {
                    try answers?.write(audio, saying: entry.answer, text: reply.text)
                }
            }
            Console.note("\(score.name): \(score.hits) of \(score.count)")
            scores.append(score)
        }
    }

    /// The middle ones of all answers in batch mode: seconds to the first audio, and time taken for a second of audio.
    var timings: (firstAudio: Double, realTimeFactor: Double)? {
        guard !firstAudioTimes.isEmpty, !realTimeFactors.isEmpty else { return nil }
        let firstAudio = firstAudioTimes.sorted()[firstAudioTimes.count / 2].seconds
        return (firstAudio, realTimeFactors.sorted()[realTimeFactors.count / 2])
    }

    private func reply(to entry: HeldOutSet.Entry, of set: HeldOutSet, mode: ReplyMode) async throws -> Reply {
        guard mode.listens else { return try await session.answer(to: entry.question, mode: mode) }
        return try await session.answer(to: AudioInput.read(set.path(of: entry)), mode: mode)
    }

    private mutating func note(_ reply: Reply) {
        if let time = reply.metrics.timeToFirstAudio { firstAudioTimes.append(time) }
        if let factor = reply.metrics.realTimeFactor { realTimeFactors.append(factor) }
    }
}

/// One way to ask a set.
struct Trial {
    let name: String
    let mode: ReplyMode
    var unit = ExaminationScore.Unit.answers

    /// The question is what should come out.
    var isTranscript: Bool { mode == .transcription }
    /// Its spoken answers are written for the recogniser.
    var isWritten: Bool { mode == .speechToSpeechBatch }

    static func all(of set: HeldOutSet.Name) -> [Trial] {
        switch set {
        case .voices:
            [
                Trial(name: "answers, other voices, A1T2", mode: .speechToText),
                Trial(name: "answers, other voices, batch", mode: .speechToSpeechBatch),
                Trial(name: "word errors, other voices", mode: .transcription, unit: .wordErrors),
                Trial(name: "answers, written, T1T2", mode: .textToText),
                Trial(name: "answers, written, T1A2", mode: .textToSpeech),
            ]
        case .noise:
            [
                Trial(name: "answers, noise at 10 dB, A1T2", mode: .speechToText),
                Trial(name: "word errors, noise at 10 dB", mode: .transcription, unit: .wordErrors),
            ]
        case .phrasings:
            [
                Trial(name: "answers, other phrasings, A1T2", mode: .speechToText),
                Trial(name: "answers, other phrasings, T1T2", mode: .textToText),
            ]
        case .unknown:
            [
                Trial(name: "\"I don't know that\", A1T2", mode: .speechToText),
                Trial(name: "\"I don't know that\", T1T2", mode: .textToText),
            ]
        case .natural:
            [
                Trial(name: "answers, natural voice, A1T2", mode: .speechToText),
                Trial(name: "answers, natural voice, batch", mode: .speechToSpeechBatch),
                Trial(name: "word errors, natural voice", mode: .transcription, unit: .wordErrors),
            ]
        case .naturalNoise:
            [
                Trial(name: "answers, natural voice disturbed, A1T2", mode: .speechToText),
                Trial(name: "word errors, natural voice disturbed", mode: .transcription, unit: .wordErrors),
            ]
        case .naturalUnknown:
            [Trial(name: "\"I don't know that\", natural voice, A1T2", mode: .speechToText)]
        }
    }
}
