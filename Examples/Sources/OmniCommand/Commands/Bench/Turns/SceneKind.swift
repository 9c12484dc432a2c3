import Foundation

/// The recordings that are composed.
enum SceneKind: CaseIterable {
    case questions, pauses, longPauses, noise20, noise10, noise5, tones, overTheAnswer

    func compose(_ spoken: SpokenQuestions) -> Scene {
        switch self {
        case .questions: Self.questions(spoken, "questions 1 to 2 s apart")
        case .pauses: Self.pauses(spoken, "… with pauses of 200 to 400 ms inside") { 0.2 + 0.05 * Double($0 % 5) }
        case .longPauses: Self.pauses(spoken, "… of 200 to 1200 ms", Self.longPauseSeconds)
        case .noise20: Self.noisy(spoken, decibels: 20)
        case .noise10: Self.noisy(spoken, decibels: 10)
        case .noise5: Self.noisy(spoken, decibels: 5)
        case .tones: Self.tones(spoken)
        case .overTheAnswer: Self.overTheAnswer(spoken)
        }
    }

    private static let questionCount = 40

    /// The pause inside of a question: 0.2 to 1.2 s.
    static func longPauseSeconds(_ index: Int) -> Double { 0.2 + 0.1 * Double(index * 7 % 11) }

    private static func questions(_ spoken: SpokenQuestions, _ name: String) -> Scene {
        var scene = Scene(name)
        scene.silence(1)
        for index in 0..<questionCount {
            scene.say(spoken[index])
            scene.silence(1.2 + 0.2 * Double(index % 5))
        }
        return scene
    }

    /// - Parameter seconds: the length of the pause in a question.
    private static func pauses(_ spoken: SpokenQuestions, _ name: String, _ seconds: (Int) -> Double) -> Scene {
        var scene = Scene(name)
        scene.silence(1)
        for index in 0..<questionCount {
            scene.say(spoken[index], pauseSeconds: seconds(index))
            scene.silence(1.5)
        }
        return scene
    }

    private static func noisy(_ spoken: SpokenQuestions, decibels: Int) -> Scene {
        var scene = questions(spoken, "… in noise, \(decibels) dB below the speech")
        let level = spoken.level * Float(pow(10, -Double(decibels) / 20))
        scene.add(BenchAudio.noise(scene.samples.count, level: level), at: 0)
        return scene
    }

    /// Chords between the questions, as loud as speech, and under every other one 10 dB below.
    private static func tones(_ spoken: SpokenQuestions) -> Scene {
        var scene = Scene("… with chords between and under them")
        scene.silence(0.5)
        for index in 0..<questionCount {
            let chord = BenchAudio.chord(2 * Scene.sampleRate, root: 110 * Double(2 + index % 5), level: spoken.level)
            let start = scene.samples.count
            scene.silence(2)
            scene.add(chord, at: start)
            scene.silence(0.3)
            let question = scene.samples.count
            scene.say(spoken[index])
            if index.isMultiple(of: 2) {
                scene.add(BenchAudio.chord(spoken[index].count, root: 262, level: spoken.level * 0.316), at: question)
            }
            scene.silence(1.2)
        }
        return scene
    }

    /// Over every reply the speaker says "uh-huh"; every other one is interrupted by the next question.
    private static func overTheAnswer(_ spoken: SpokenQuestions) -> Scene {
        var scene = Scene("\"uh-huh\" and questions over the reply", answerSeconds: 3)
        scene.silence(1)
        for index in 0..<questionCount / 2 {
            scene.say(spoken[2 * index])
            scene.silence(1.3)
            scene.murmur(Array(spoken[2 * index + 1].prefix(Scene.sampleRate / 4)))
            scene.silence(0.8)
            scene.say(spoken[2 * index + 1], isInterruption: true)
            scene.silence(4.5)
        }
        return scene
    }
}
