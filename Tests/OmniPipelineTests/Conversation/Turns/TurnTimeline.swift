import OmniPipeline

/// Plays a line of windows to a machine and writes down what it wants done.
///
/// In: `.` silence · `S` speech · `w` between the two thresholds · `f` the reply is over ·
/// `|` there is no more audio · `F` the model says that the turn is finished, `U` that it is not, `N` nothing.
/// Out, a character for each of them: `.` nothing · `[` speech began · `-` it was too short ·
/// `?` a reply is prepared · `j` the model is asked · `x` the preparation is dropped · `]` the turn is over ·
/// `X` both · `p` the reply pauses · `r` it goes on · `!` it stops, and a turn begins ·
/// `P` it pauses and stops at once.
enum TurnTimeline {
    static let windowSampleCount = 512

    static func windows(_ count: Int) -> Duration { .milliseconds(32) * count }

    /// Short limits that can be counted on a line: candidate end 2 windows, end 4, shortest speech 2, padding 1,
    /// back-channel 3, longest turn 12.
    static var settings: TurnSettings {
        var settings = TurnSettings()
        settings.prefixPadding = windows(1)
        settings.candidateSilence = windows(2)
        settings.silence = windows(4)
        settings.minimumSpeech = windows(2)
        settings.backchannelTolerance = windows(3)
        settings.maximumTurn = windows(12)
        return settings
    }

    static func play(_ line: String, _ settings: TurnSettings = settings) -> (line: String, actions: [TurnAction]) {
        var machine = TurnMachine(settings, windowSampleCount: windowSampleCount, sampleRate: 16_000)
        var output = ""
        var all: [TurnAction] = []
        var judged = 0..<0
        for character in line {
            let actions =
                switch character {
                case "S": machine.push(0.9)
                case "w": machine.push(0.4)
                case "f": machine.replyFinished()
                case "|": machine.finish()
                case "F": machine.judge(judged, turnEndProbability: 0.9)
                case "U": machine.judge(judged, turnEndProbability: 0.1)
                case "N": machine.judge(judged, turnEndProbability: nil)
                default: machine.push(0.1)
                }
            if case .judgeTurnEnd(let audio) = actions.last { judged = audio }
            output.append(symbol(of: actions))
            all += actions
        }
        return (output, all)
    }

    private static func symbol(of actions: [TurnAction]) -> Character {
        let symbols = actions.map { action -> Character in
            switch action {
            case .speechStarted: "["
            case .speechDropped: "-"
            case .prepareReply: "?"
            case .judgeTurnEnd: "j"
            case .dropPreparedReply: "x"
            case .commit: "]"
            case .pauseReply: "p"
            case .resumeReply: "r"
            case .interruptReply: "!"
            }
        }
        switch String(symbols) {
        case "": return "."
        case "x]": return "X"
        case "![": return "!"
        case "p![": return "P"
        case let single where single.count == 1: return symbols[0]
        default: return "#"
        }
    }
}
