//! Who lives in the sample world. Every name is made up.

/// A final customer and its contact.
pub(super) struct Customer {
    pub(super) name: &'static str,
    pub(super) country: &'static str,
    pub(super) contact: &'static str,
}

/// Somebody who sells.
pub(super) struct Seller {
    pub(super) number: &'static str,
    pub(super) name: &'static str,
    pub(super) contact: &'static str,
}

/// To whom the order mails go.
pub(super) const DISTRIBUTOR: Seller =
    Seller { number: "D-7001", name: "Tramontana Distribuzione", contact: "Bruno Salvadori" };

/// Through whom the orders come.
pub(super) const RESELLERS: [Seller; 2] = [
    Seller { number: "R-7101", name: "Voce Lanterna Sistemi", contact: "Elena Fontana" },
    Seller { number: "R-7102", name: "Kranichfeld Telefonie", contact: "Jonas Brandt" },
];

const fn customer(name: &'static str, country: &'static str, contact: &'static str) -> Customer {
    Customer { name, country, contact }
}

/// The order in which they come is that of [`super::stories::STORIES`].
pub(super) const CUSTOMERS: [Customer; 40] = [
    customer("Cantieri Navali Marebello", "IT", "Chiara Bonfanti"),
    customer("Ospedale Santa Ginestra", "IT", "Matteo Ricciardi"),
    customer("Comune di Valdoriva", "IT", "Giulia Marchesini"),
    customer("Pastificio Spigadoro Valle", "IT", "Lorenzo Tedesco"),
    customer("Hotel Miralago Stresella", "IT", "Francesca Colnaghi"),
    customer("Brauerei Hirschensprung", "DE", "Katharina Vogt"),
    customer("Spedition Morgentau", "DE", "Sebastian Rühle"),
    customer("Klinikum Eschenburg Süd", "DE", "Annika Petersen"),
    customer("Vinos Altamira del Río", "ES", "Lucía Ferrer"),
    customer("Clínica Puerto Sereno", "ES", "Álvaro Medina"),
    customer("Fromagerie des Trois Vallons", "FR", "Camille Laurent"),
    customer("Mairie de Saint-Orval", "FR", "Hugo Delmas"),
    customer("Transports Belleroche", "FR", "Manon Girard"),
    customer("Harrowgate Mill Textiles", "GB", "Oliver Whitcombe"),
    customer("Penrose Valley Council", "GB", "Amelia Hartley"),
    customer("Fjordlys Rederi", "NO", "Ingrid Solberg"),
    customer("Björkdal Sjukhus", "SE", "Erik Lindqvist"),
    customer("Universiteit Waterloon", "NL", "Sanne de Boer"),
    customer("Bakkerij Zonneveld", "NL", "Daan Verhoeven"),
    customer("Azulejos Ribamar", "PT", "Inês Carvalho"),
    customer("Assicurazioni Ponte Alto", "IT", "Davide Moretti"),
    customer("Terme di Acquachiara", "IT", "Sara Benedetti"),
    customer("Officine Meccaniche Brunate", "IT", "Paolo Vescovi"),
    customer("Teatro Civico Rovelli", "IT", "Martina Gallo"),
    customer("Banca Rurale Valsesina", "IT", "Andrea Pellegrini"),
    customer("Farmacie Riunite Altopiano", "IT", "Elisa Sartori"),
    customer("Aeroporto Colle Ventoso", "IT", "Stefano Rinaldi"),
    customer("Logistica Porto Tellina", "IT", "Valentina Serra"),
    customer("Liceo Ada Montalto", "IT", "Roberto Zanetti"),
    customer("Cooperativa Frutta Valdinera", "IT", "Silvia Monti"),
    customer("Bergbahn Sonnjoch", "AT", "Lukas Hofer"),
    customer("Gasthof Edelgrund", "AT", "Theresa Mayr"),
    customer("Uhrenwerke Lac Bleu", "CH", "Noé Perret"),
    customer("Kantonsspital Rosenegg", "CH", "Nina Schmid"),
    customer("Szpital Jasna Dolina", "PL", "Zofia Nowicka"),
    customer("Pivovar Modrá Skála", "CZ", "Tomáš Dvorský"),
    customer("Balneário Serra Alva", "PT", "Tiago Moreira"),
    customer("Rakentamo Koivuranta", "FI", "Aino Laaksonen"),
    customer("Skovgaard Møbler", "DK", "Freja Mortensen"),
    customer("Clachan Bay Ferries", "IE", "Niamh Gallagher"),
];

/// `Tomáš Dvorský` as `tomas.dvorsky@example.com`: addresses of the sample stay in ASCII.
pub(super) fn address(name: &str) -> String {
    let letter = |c: char| match c.to_lowercase().next().unwrap_or(c) {
        'á' | 'à' | 'â' | 'ã' => "a".to_owned(),
        'é' | 'è' | 'ê' => "e".to_owned(),
        'í' => "i".to_owned(),
        'ó' | 'ö' => "o".to_owned(),
        'ú' => "u".to_owned(),
        'ü' => "ue".to_owned(),
        'ý' => "y".to_owned(),
        'š' => "s".to_owned(),
        ' ' => ".".to_owned(),
        other => other.to_string(),
    };
    name.chars().map(letter).collect::<String>() + "@example.com"
}

/// The language that somebody in a country is written to.
pub(super) fn language(country: &str) -> &'static str {
    if country == "IT" { "it" } else { "en" }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use licensing::text::EmailAddress;

    use super::*;

    #[test]
    fn everybody_has_an_address_of_their_own() {
        let sellers = RESELLERS.iter().chain([&DISTRIBUTOR]).map(|seller| seller.contact);
        let people: Vec<String> = CUSTOMERS.iter().map(|one| one.contact).chain(sellers).map(address).collect();
        assert!(people.iter().all(|email| email.is_ascii() && EmailAddress::parse(email).is_ok()), "{people:?}");
        assert_eq!(people.iter().collect::<BTreeSet<_>>().len(), people.len());
    }
}
