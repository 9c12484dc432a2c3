import ArgumentParser
import CommandSupport
import OmniPipeline

struct Devices: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List microphones and loudspeakers, for listen --device.")

    func run() throws {
        let lines = try AudioDevice.available().map { "\($0.description.terminalSafeLine)\n" }
        try StandardOutput.write(lines.joined())
    }
}
