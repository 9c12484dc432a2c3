import ArgumentParser

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model on this machine.",
        subcommands: [Speed.self, Quality.self, BenchNano.self, BenchTurns.self],
        defaultSubcommand: Speed.self)
}
