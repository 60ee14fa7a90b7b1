//! Invented people: names in three scripts, addresses that lead nowhere (RFC 2606), and habits.

use rand::Rng;
use rand::rngs::StdRng;
use twofold_domain::policy::Role;

/// Somebody, as the year's script lists them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Casting {
    pub(super) role: Role,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) language: &'static str,
    pub(super) habit: Habit,
}

/// How somebody behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Habit {
    /// Chance of a sign-in on a working day.
    pub(super) weekday: f64,
    /// Chance of one on a Saturday or Sunday.
    pub(super) weekend: f64,
    /// Minute of the day at which they usually sign in.
    pub(super) usual_minute: u32,
    /// How far from it, at most, in minutes.
    pub(super) spread: u32,
    /// Chance to enrol at a visit where nobody makes them.
    pub(super) eager: f64,
    /// Whether they tick "trust this device".
    pub(super) trusts: bool,
    /// Whether they sign out before they leave.
    pub(super) tidy: bool,
}

/// How many of each role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Company {
    pub(super) admins: usize,
    pub(super) auditors: usize,
    pub(super) agents: usize,
    pub(super) customers: usize,
}

impl Company {
    /// The stories need this many agents.
    pub(super) const AGENTS_IN_STORIES: usize = 6;

    /// A company of `people`, one of whom is its founder and one the newcomer who looks at the demo.
    pub(super) fn of(people: usize) -> Self {
        let admins = (people / 60).max(1);
        let auditors = (people / 120).max(1);
        let agents = (people / 5).max(Self::AGENTS_IN_STORIES);
        let customers = people.saturating_sub(2 + admins + auditors + agents);
        Self { admins, auditors, agents, customers }
    }
}

const ENGLISH: ([&str; 24], [&str; 24]) = (
    [
        "Ada",
        "Oliver",
        "Ruth",
        "Marcus",
        "Imogen",
        "Callum",
        "Beatrice",
        "Dylan",
        "Harriet",
        "Nathan",
        "Phoebe",
        "Theo",
        "Winifred",
        "Gareth",
        "Josephine",
        "Rory",
        "Eleanor",
        "Isaac",
        "Mabel",
        "Hugh",
        "Sylvia",
        "Felix",
        "Nora",
        "Edmund",
    ],
    [
        "Whitfield",
        "Okafor",
        "Lindqvist",
        "Marsh",
        "Pemberton",
        "Quill",
        "Hargreaves",
        "Sato",
        "Byrne",
        "Osei",
        "Thackeray",
        "Novak",
        "Fairweather",
        "Mendel",
        "Ashdown",
        "Rahman",
        "Greenwood",
        "Iyer",
        "Hollis",
        "Castell",
        "Drummond",
        "Vance",
        "Kerr",
        "Langley",
    ],
);

const SPANISH: ([&str; 20], [&str; 20]) = (
    [
        "Lucía",
        "Mateo",
        "Inés",
        "Álvaro",
        "Begoña",
        "Íñigo",
        "Ximena",
        "Raúl",
        "Sofía",
        "Joaquín",
        "Marisol",
        "Andrés",
        "Núria",
        "Tomás",
        "Pilar",
        "Óscar",
        "Valentina",
        "Germán",
        "Rocío",
        "Martín",
    ],
    [
        "Ibáñez",
        "Peña",
        "Muñoz",
        "Castaño",
        "Gutiérrez",
        "Zúñiga",
        "Carrión",
        "Núñez",
        "Vázquez",
        "Quiñones",
        "Ordóñez",
        "Figueroa",
        "Salcedo",
        "Aragón",
        "Lucero",
        "Bermúdez",
        "Cáceres",
        "Noriega",
        "Villar",
        "Escobar",
    ],
);

/// A name as it is written, and as an address spells it.
type Spelt = (&'static str, &'static str);

const KOREAN: ([Spelt; 20], [Spelt; 12]) = (
    [
        ("서연", "seoyeon"),
        ("민준", "minjun"),
        ("지우", "jiwoo"),
        ("하은", "haeun"),
        ("도윤", "doyun"),
        ("수아", "sua"),
        ("예준", "yejun"),
        ("지민", "jimin"),
        ("유진", "yujin"),
        ("현우", "hyunwoo"),
        ("다은", "daeun"),
        ("준서", "junseo"),
        ("소율", "soyul"),
        ("건우", "geonwoo"),
        ("채원", "chaewon"),
        ("시우", "siwoo"),
        ("나연", "nayeon"),
        ("태윤", "taeyun"),
        ("은서", "eunseo"),
        ("재현", "jaehyun"),
    ],
    [
        ("김", "kim"),
        ("이", "lee"),
        ("박", "park"),
        ("최", "choi"),
        ("정", "jung"),
        ("강", "kang"),
        ("조", "cho"),
        ("윤", "yoon"),
        ("장", "jang"),
        ("임", "lim"),
        ("한", "han"),
        ("오", "oh"),
    ],
);

/// Chance of each language among the invented.
const IN_SPANISH: f64 = 0.25;
const IN_KOREAN: f64 = 0.2;

/// The founder, who opens the account and takes its decisions.
pub(super) fn founder() -> Casting {
    let habit = Habit { weekday: 0.5, eager: 1.0, tidy: true, ..team_habit() };
    named(Role::Owner, "Ada Whitfield", "ada.whitfield@acme.example", "en", habit)
}

/// The address of whoever started the demo.
pub const NEWCOMER: &str = "you@acme.example";

/// The owner's account that waits for whoever started the demo.
pub(super) fn newcomer() -> Casting {
    let habit = Habit { weekday: 0.0, weekend: 0.0, ..team_habit() };
    named(Role::Admin, "You", NEWCOMER, "en", habit)
}

fn named(role: Role, name: &str, email: &str, language: &'static str, habit: Habit) -> Casting {
    Casting { role, name: name.to_owned(), email: email.to_owned(), language, habit }
}

/// Everybody but the founder and the newcomer, in the order in which they are invited.
pub(super) fn company(company: Company, rng: &mut StdRng) -> Vec<Casting> {
    let Company { admins, auditors, agents, customers } = company;
    let roles =
        [(Role::Admin, admins), (Role::Auditor, auditors), (Role::Agent, agents), (Role::EndUser, customers)];
    let roles = roles.into_iter().flat_map(|(role, count)| std::iter::repeat_n(role, count));
    roles.enumerate().map(|(index, role)| invent(index, role, rng)).collect()
}

fn invent(index: usize, role: Role, rng: &mut StdRng) -> Casting {
    let drawn: f64 = rng.random();
    let (name, local, language) = if drawn < IN_KOREAN {
        let (given, family) = (pick(&KOREAN.0, rng), pick(&KOREAN.1, rng));
        (format!("{}{}", family.0, given.0), format!("{}.{}", given.1, family.1), "ko")
    } else if drawn < IN_KOREAN + IN_SPANISH {
        let (given, family) = (pick(&SPANISH.0, rng), pick(&SPANISH.1, rng));
        (format!("{given} {family}"), format!("{}.{}", plain(given), plain(family)), "es")
    } else {
        let (given, family) = (pick(&ENGLISH.0, rng), pick(&ENGLISH.1, rng));
        (format!("{given} {family}"), format!("{}.{}", plain(given), plain(family)), "en")
    };
    let team = role != Role::EndUser;
    let domain = if team { "acme.example" } else { ["example.com", "example.net", "example.org"][index % 3] };
    let habit = if team { team_habit() } else { customer_habit() };
    // The number keeps addresses apart, whatever the names are.
    let email = format!("{local}{}@{domain}", index + 1);
    Casting { role, name, email, language, habit: vary(habit, rng) }
}

fn pick<T: Copy>(from: &[T], rng: &mut StdRng) -> T {
    from[rng.random_range(0..from.len())]
}

/// A name as an address spells it.
fn plain(name: &str) -> String {
    let fold = |c| match c {
        'á' | 'Á' => 'a',
        'é' => 'e',
        'í' | 'Í' => 'i',
        'ó' | 'Ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        other => other,
    };
    name.to_lowercase().chars().map(fold).collect()
}

/// The shifts of the help desk, in minutes of the day.
const SHIFTS: [u32; 3] = [7 * 60, 9 * 60, 14 * 60];

const fn team_habit() -> Habit {
    Habit {
        weekday: 0.45,
        weekend: 0.03,
        usual_minute: SHIFTS[1],
        spread: 6,
        eager: 0.15,
        trusts: true,
        tidy: false,
    }
}

const fn customer_habit() -> Habit {
    Habit {
        weekday: 0.045,
        weekend: 0.06,
        usual_minute: 15 * 60,
        spread: 420,
        eager: 0.06,
        trusts: true,
        tidy: false,
    }
}

fn vary(habit: Habit, rng: &mut StdRng) -> Habit {
    let factor = rng.random_range(0.5..1.5);
    let shift = if habit.spread < 60 { pick(&SHIFTS, rng) } else { habit.usual_minute };
    Habit {
        weekday: (habit.weekday * factor).min(0.95),
        weekend: habit.weekend * factor,
        usual_minute: shift,
        trusts: rng.random_bool(0.7),
        tidy: rng.random_bool(0.3),
        ..habit
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn a_company_has_the_people_that_were_asked_for() {
        for people in [20, 60, 240, 1_000] {
            let parts = Company::of(people);
            let cast = company(parts, &mut StdRng::seed_from_u64(1));
            assert_eq!(cast.len() + 2, people, "{people}");
            let addresses: HashSet<_> = cast.iter().map(|c| c.email.to_ascii_lowercase()).collect();
            assert_eq!(addresses.len(), cast.len(), "{people}");
            assert!(cast.iter().all(|c| c.email.is_ascii()));
        }
    }

    #[test]
    fn names_come_in_several_scripts() {
        let cast = company(Company::of(240), &mut StdRng::seed_from_u64(1));
        for language in ["en", "es", "ko"] {
            assert!(cast.iter().any(|c| c.language == language), "{language}");
        }
        assert!(cast.iter().any(|c| c.name.chars().any(|c| ('가'..='힣').contains(&c))));
    }
}
